with Pool(processes=2) as pool:
    print("apply:", pool.apply(square, (7,)))
    result = pool.apply_async(square, (8, 1.5))
    print("ready:", result.ready())
    try:
        result.get(timeout=0.2)
    except TimeoutError as error:
        print("get(0.2):", type(error).__name__)
    print("get:", result.get())
    print("ready:", result.ready())
    print("map:", pool.map(square, [1, 2, 3]))
