counter = Counter()
for future in as_completed(to_do_map):
    try:
        status = future.result()
    except httpx.HTTPStatusError as exc:
        error_msg = f"HTTP {exc.response.status_code}"
        status = DownloadStatus.ERROR
    except httpx.RequestError as exc:
        error_msg = str(exc)
        status = DownloadStatus.ERROR
    counter[status] += 1
