// First the map of every language, then an executor's.
import { ThreadPoolExecutor, tasksOf, withExecutor } from 'concurrent-futures';

export const removeVowels = word => word.replace(/[aeiou]/gi, '');

const WORDS = ['concurrent', 'futures', 'execute', 'asynchronously'];
const tasks = tasksOf(import.meta.url);

export default async function main() {
  console.log(WORDS.map(removeVowels));
  await withExecutor(new ThreadPoolExecutor(), async executor => {
    const words = [];
    for await (const word of executor.map(tasks.removeVowels, WORDS))
      words.push(word);
    console.log(words);
  });
}
