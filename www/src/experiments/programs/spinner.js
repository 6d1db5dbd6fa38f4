// A spinner turns while a slow call is awaited.
import * as asyncio from 'concurrent-futures/asyncio';

async function spin(text) {
  try {
    for (let i = 0; ; i++) {
      console.log('|/-\\'[i % 4], text);
      await asyncio.sleep(0.3);
    }
  } finally {
    console.log('The spinner has stopped.');
  }
}

async function supervisor() {
  const spinner = asyncio.createTask(() => spin('thinking!'));
  const answer = await asyncio.sleep(2, 42);
  spinner.cancel();
  await asyncio.wait([spinner]);
  console.log('cancelled:', spinner.cancelled());
  return answer;
}

export default async function main() {
  console.log('Answer:', await asyncio.run(supervisor));
}
