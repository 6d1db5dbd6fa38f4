with ThreadPoolExecutor(max_workers=1) as executor:
    first = executor.submit(nap, 1)
    second = executor.submit(nap, 1)
    print("first: ", first.cancel(), first)
    print("second:", second.cancel(), second)
    print("first: ", first.result())
    try:
        second.result()
    except CancelledError:
        print("second: CancelledError")
