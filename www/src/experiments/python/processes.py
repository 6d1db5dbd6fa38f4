calls = 0

def return_after(seconds, message):
    global calls
    calls += 1
    sleep(seconds)
    return f"{message}, call {calls} in this process"

if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=3) as executor:
        future = executor.submit(return_after, 1, "hello")
        print("done:", future.done())
        print("result:", future.result())
        print("done:", future.done())
    print("calls in main:", calls)
