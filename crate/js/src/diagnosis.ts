// Why a worker's script failed before it could say a word.

import { messageOf } from './errors.js';
import { isolated } from './isolation.js';

/** An error event of a worker that is not up names no cause: fetching its script once finds the usual ones. */
export async function diagnosis(message: string, url: string | undefined): Promise<string> {
  const unknown =
    message ||
    'its script could not be loaded or failed while it was loading; see worker-src of the Content-Security-Policy';
  // What a blob holds came with the page.
  if (url === undefined || url.startsWith('blob:')) return unknown;
  try {
    const { ok, status, statusText, headers } = await fetch(url, { method: 'HEAD' });
    const type = headers.get('content-type') ?? 'no content type';
    if (!ok) return `its script ${url} answers ${status} ${statusText}`;
    if (!/javascript/.test(type)) return `its script ${url} is served as ${type}`;
    if (isolated() && !headers.has('cross-origin-embedder-policy'))
      return `its script ${url} is served without the header Cross-Origin-Embedder-Policy`;
    return unknown;
  } catch (error) {
    return `its script ${url} could not be fetched: ${messageOf(error)}`;
  }
}
