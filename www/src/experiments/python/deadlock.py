def wait_on_future():
    future = executor.submit(pow, 5, 2)
    # Never completes: the only worker thread
    # is the one that waits here.
    print(future.result())

executor = ThreadPoolExecutor(max_workers=1)
executor.submit(wait_on_future)
