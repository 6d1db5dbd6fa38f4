def return_after(seconds, message):
    sleep(seconds)
    return message

with ThreadPoolExecutor(max_workers=3) as executor:
    future = executor.submit(return_after, 1, "hello")
    print("done:", future.done())
    print("result:", future.result())
    print("done:", future.done())
