executor = ProcessPoolExecutor(max_workers=1)
running = executor.submit(nap, 60)
waiting = executor.submit(nap, 60)
executor.kill_workers()
print("running:", type(running.exception()).__name__)
try:
    waiting.exception()
except CancelledError:
    print("waiting: CancelledError")
try:
    executor.submit(nap, 1)
except RuntimeError as error:
    print("submit: ", type(error).__name__)
