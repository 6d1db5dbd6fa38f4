with ThreadPoolExecutor() as executor:
    try:
        for value in executor.map(invert, NUMBERS):
            print("map:", value)
    except ZeroDivisionError as error:
        print("map:", repr(error))

    futures = [executor.submit(invert, n) for n in NUMBERS]
    for future in futures:
        error = future.exception()
        print("submit:", repr(error) if error else future.result())
