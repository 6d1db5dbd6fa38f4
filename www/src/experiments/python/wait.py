def nap(seconds, fails=False):
    sleep(seconds)
    if fails:
        raise RuntimeError("bad dreams")

for when in [FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED]:
    naps = [executor.submit(nap, 0.4),
            executor.submit(nap, 0.8, True),
            executor.submit(nap, 1.2)]
    done, not_done = wait(naps, return_when=when)
    print(f"{when}: {len(done)} done, {len(not_done)} not done")
