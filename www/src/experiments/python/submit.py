with ThreadPoolExecutor(max_workers=1) as executor:
    future = executor.submit(pow, 323, 3)
    print(future.result())
