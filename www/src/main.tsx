// The page's entry: puts the app on the page, starts the service worker, and listens for what concerns all of it.

import './styles/base.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/results.css';
import './styles/gallery.css';
import './styles/editor.css';
import { render } from 'preact';
import { App } from './components/App.tsx';
import { preloadStage } from './components/stage.ts';
import { setUpIsolation } from './isolation.ts';
import { preloadLibrary } from './library.ts';
import { workOffline } from './offline.ts';
import { openLink, run, save } from './session.ts';
import { safe } from './view.ts';

render(<App />, document.getElementById('app') as HTMLElement);
void setUpIsolation();
void openLink();
addEventListener('hashchange', () => void openLink());
addEventListener('load', () => {
  if (!safe) void preloadLibrary().then(preloadStage);
  void workOffline();
});

document.addEventListener(
  'keydown',
  event => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    if (!event.repeat) void run();
  },
  { capture: true },
);
addEventListener('pagehide', save);
