/** Contents that ranges.json tells by number and size: no two segments of them are alike. */
export function contentOf(number: number, size: number): Buffer {
  const content = Buffer.alloc(size);
  for (let at = 0; at < size; at++) content[at] = at ^ (at >>> 8) ^ ((at >>> 16) * 7) ^ (number * 31);
  return content;
}
