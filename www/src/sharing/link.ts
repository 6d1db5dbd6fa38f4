// A program in an address: `v1.` and the base64url of the deflated JSON of what is shared.
//
// The version stands in front, so that links of today can be told from those of tomorrow. base64url without its
// padding survives chats and mails. Whatever is in a link was written by somebody else: it is checked, and never run.

import { type Network, toNetwork } from '../network/network.ts';

/** What a link holds. */
export interface Shared {
  readonly code: string;
  /** The experiment that the code was made of. */
  readonly experiment: string;
  /** The version of the package that it was written for. */
  readonly library: string;
  readonly network?: Network;
  /** Whether its threads are to take turns under one lock. */
  readonly gil?: true;
}

export type Opened =
  | { readonly is: 'shared'; readonly shared: Shared }
  | { readonly is: 'damaged'; readonly why: string };

const VERSION = 'v1';
/** Characters of code; what is longer is a bomb, or no program to read. */
export const LONGEST = 200_000;

async function through(bytes: Uint8Array, stream: GenericTransformStream): Promise<Uint8Array> {
  const reader = new Blob([bytes as BlobPart]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
    // JSON needs up to six bytes for a character.
    if (size > 6 * LONGEST) {
      await reader.cancel().catch(() => {});
      throw new RangeError('too long');
    }
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const fromBase64Url = (text: string) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), sign => sign.charCodeAt(0));

/** What stands after the `#`. */
export async function encodeLink(shared: Shared): Promise<string> {
  if (shared.code.length > LONGEST)
    throw new RangeError(
      `The program has ${shared.code.length} characters; a link holds ${LONGEST}. Share it as a file.`,
    );
  const json = new TextEncoder().encode(JSON.stringify(shared));
  return `${VERSION}.${toBase64Url(await through(json, new CompressionStream('deflate')))}`;
}

/** Whether the text after a `#` is meant to be a link of ours. */
export const isLink = (hash: string) => /^v\d+\./.test(hash);

const damaged = (why: string): Opened => ({ is: 'damaged', why });

function check(value: unknown): Shared | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, experiment, library, network, gil } = value as Record<string, unknown>;
  if (typeof code !== 'string' || code.length > LONGEST) return undefined;
  const settings =
    typeof network === 'object' && network !== null
      ? toNetwork(network as Record<string, unknown>)
      : undefined;
  return {
    code,
    experiment: typeof experiment === 'string' ? experiment : '',
    library: typeof library === 'string' ? library.slice(0, 40) : '',
    ...(settings && { network: settings }),
    ...(gil === true && { gil }),
  };
}

/** What a link holds, or why it cannot be read. */
export async function decodeLink(hash: string): Promise<Opened> {
  const version = /^v\d+/.exec(hash)?.[0];
  if (version !== VERSION)
    return damaged(
      version === undefined
        ? 'it is no link of this page'
        : `it is of the version ${version}, and this page reads ${VERSION}; reload the page, it may be an old copy`,
    );
  try {
    const bytes = fromBase64Url(hash.slice(VERSION.length + 1));
    const json = await through(bytes, new DecompressionStream('deflate'));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    const shared = check(JSON.parse(text));
    return shared ? { is: 'shared', shared } : damaged('it holds no program');
  } catch (error) {
    return damaged(
      error instanceof RangeError && error.message === 'too long'
        ? `it holds more than ${LONGEST} characters`
        : 'a part of it is missing or was changed on the way',
    );
  }
}
