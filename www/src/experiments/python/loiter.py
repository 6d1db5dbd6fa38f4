def loiter(n):
    name = "    " * n + f"loiter({n})"
    display(f"{name}: doing nothing for {n / 2} s…")
    sleep(n / 2)
    display(f"{name}: done.")
    return n * 10

with ThreadPoolExecutor(max_workers=3) as executor:
    results = executor.map(loiter, range(5))
    display("Waiting for individual results:")
    for i, result in enumerate(results):
        display(f"result {i}: {result}")
