/** A zone of the simulation with its origin, which counts. */
export class Site {
  readonly name: string;
  readonly versions = new Map<string, number>();
  asked = 0;

  constructor(name: string) {
    this.name = name;
  }

  get host(): string {
    return `${this.name}.rescdn.localhost`;
  }

  /** The origin changes an object: whatever is answered from now on is of this version. */
  change(path: string): number {
    const version = this.version(path) + 1;
    this.versions.set(path, version);
    return version;
  }

  version(path: string): number {
    return this.versions.get(path) ?? 1;
  }
}

/** The tag that the origin gives an object. */
export function tagOf(path: string): string {
  return `t${path.replaceAll(/\W/g, "")}`;
}
