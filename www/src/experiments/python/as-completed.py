with ThreadPoolExecutor(max_workers=3) as executor:
    inputs = {executor.submit(nap, seconds): seconds
              for seconds in [1.5, 0.5, 1]}
    for future in as_completed(inputs):
        print(f"{inputs[future]} s: {future.result()}")
