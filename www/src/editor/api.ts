// What the editor knows of the API; the build reads it out of the package's own declarations.

export interface ApiMember {
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
}

export interface ApiEntry extends ApiMember {
  readonly kind: 'class' | 'function' | 'constant' | 'type';
  /** The first example of its documentation. */
  readonly example?: string | undefined;
  readonly members: readonly ApiMember[];
}

/** By the name that programs import. */
export type ApiDocs = Readonly<Record<string, readonly ApiEntry[]>>;
