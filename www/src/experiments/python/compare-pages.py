def download_many(codes, workers):
    start = perf_counter()
    with ThreadPoolExecutor(max_workers=workers) as executor:
        list(executor.map(download_one, codes))
    return perf_counter() - start

alone = median(download_many(CODES, 1) for _ in range(3))
for workers in 1, 2, 4, 8:
    times = [download_many(CODES, workers) for _ in range(3)]
    speed_up = alone / median(times)
    print(f"{workers}: {speed_up:.2f}× as fast, {speed_up / workers:.0%}")
