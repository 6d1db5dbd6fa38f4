async def spin(msg):
    try:
        for char in itertools.cycle("|/-\\"):
            print(char, msg)
            await asyncio.sleep(0.3)
    finally:
        print("The spinner has stopped.")

async def supervisor():
    spinner = asyncio.create_task(spin("thinking!"))
    answer = await asyncio.sleep(2, 42)
    spinner.cancel()
    await asyncio.wait([spinner])
    print("cancelled:", spinner.cancelled())
    return answer

print("Answer:", asyncio.run(supervisor()))
