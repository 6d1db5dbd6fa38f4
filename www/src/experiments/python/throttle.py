semaphore = asyncio.Semaphore(3)

async def download(client, code):
    async with semaphore:
        response = await client.get(url_of(code))
    return response.content

async def main():
    async with httpx.AsyncClient() as client:
        flags = await asyncio.gather(
            *(download(client, code) for code in CODES))
    print(len(flags), "flags")
