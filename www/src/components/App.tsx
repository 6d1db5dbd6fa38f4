// The page as a whole.

import { Controls } from './Controls.tsx';
import { Editor } from './Editor.tsx';
import { Experiments } from './Experiments.tsx';
import { Header } from './Header.tsx';
import { Notice } from './Notice.tsx';
import { Results } from './Results.tsx';

export function App() {
  return (
    <>
      <Header />
      <Notice />
      <main>
        <Experiments />
        <section class="code" aria-label="Code">
          <Controls />
          <Editor />
        </section>
        <Results />
      </main>
    </>
  );
}
