import { wipe } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Group } from "./group.ts";

/** How points of one kind of key become bytes and come back. */
export interface Format<T> {
  /** The canonical encoding. */
  write(points: T): Uint8Array;
  /** Points of bytes that were checked before, or that this program wrote. */
  read(bytes: Uint8Array, group: Group): T;
  /** The arrays to overwrite. */
  list(points: T): Iterable<Uint8Array>;
}

/**
 * A key's points and their encoding. Each is made from the other when it is first asked for, so that a key which only
 * passes through a thread costs it nothing. All fields are private: nothing prints them.
 */
export class Content<T> {
  readonly #format: Format<T>;
  #bytes: Uint8Array | undefined;
  #points: T | undefined;

  private constructor(format: Format<T>, bytes: Uint8Array | undefined, points: T | undefined) {
    this.#format = format;
    this.#bytes = bytes;
    this.#points = points;
  }

  static ofPoints<T>(format: Format<T>, points: T): Content<T> {
    return new Content(format, undefined, points);
  }

  /** `bytes` must be checked, or written by this program; they are taken over. */
  static ofBytes<T>(format: Format<T>, bytes: Uint8Array): Content<T> {
    return new Content<T>(format, bytes, undefined);
  }

  /** A copy of the encoding. Throws `argument-invalid` after `wipe`. */
  bytes(): Uint8Array {
    this.demandUse();
    this.#bytes ??= this.#format.write(this.#points!);
    return this.#bytes.slice();
  }

  /** Throws `argument-invalid` after `wipe`. */
  points(group: Group): T {
    this.demandUse();
    this.#points ??= this.#format.read(this.#bytes!, group);
    return this.#points;
  }

  /** Throws `argument-invalid` after `wipe`. */
  demandUse(): void {
    if (this.#bytes === undefined && this.#points === undefined)
      throw new DiptychError("argument-invalid", "This key was wiped; read it from its bytes again.");
  }

  wipe(): void {
    if (this.#bytes !== undefined) wipe(this.#bytes);
    if (this.#points !== undefined) wipe(...this.#format.list(this.#points));
    this.#bytes = undefined;
    this.#points = undefined;
  }
}
