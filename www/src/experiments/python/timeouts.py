future = executor.submit(nap, 3)
try:
    future.result(timeout=0.2)
except TimeoutError:
    print("result: TimeoutError")
done, not_done = wait([future], timeout=0.2)
print(f"wait: {len(done)} done, {len(not_done)} not done")
try:
    for text in executor.map(nap, [0.1, 9], timeout=2):
        print("map:", text)
except TimeoutError:
    print("map: TimeoutError")
print("The call went on:", future.result())
executor.shutdown(wait=False)
