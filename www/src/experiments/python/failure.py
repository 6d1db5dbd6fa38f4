def divide(a, b):
    return a / b

future = executor.submit(divide, 1, 0)
future.add_done_callback(lambda done: print("callback:", done))
try:
    future.result()
except ZeroDivisionError as error:
    print("result raised", error)
print("exception returned", future.exception())
following = executor.submit(divide, 6, 3)
print("and the pool lives on: 6 / 3 =", following.result())
