ITEMS = range(10_000)

with ProcessPoolExecutor() as executor:
    for chunksize in [1, 4, 16, 64, 256, 1024]:
        start = perf_counter()
        total = sum(executor.map(cube, ITEMS, chunksize=chunksize))
        print("the sum of all cubes is", total)
        print(chunksize, perf_counter() - start)
