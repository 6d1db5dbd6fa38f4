with ThreadPoolExecutor(max_workers=2) as executor:
    to_do = []
    for cc in ["BR", "CN", "ID", "IN", "US"]:
        future = executor.submit(download_one, cc)
        to_do.append(future)
        print(f"Scheduled for {cc}: {future}")
    for future in as_completed(to_do):
        print(f"{future} result: {future.result()}")
