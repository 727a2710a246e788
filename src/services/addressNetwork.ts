/** Whose allowance a request counts against. */

/**
 * What a client's addresses have in common, as a name: an IPv4 address stands for itself (in its IPv6 form, too), an IPv6 address
 * for its /64, since whoever has one address of it has them all (RFC 6177).
 */
export function networkOf(ip: string): string {
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.replace(/%.*$/, "").split("::");
  const [before, behind] = [groupsOf(head), groupsOf(tail ?? "")];
  // A trusted proxy's word may be no address at all: it stands for something, whatever it is.
  const between = Math.max(0, 8 - before.length - behind.length);
  const groups = [...before, ...Array<number>(between).fill(0), ...behind];
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join(".");
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The 16-bit groups of a part of an IPv6 address; the last may be an IPv4 address, which counts as two. */
function groupsOf(part: string): number[] {
  return part
    .split(":")
    .filter((group) => group !== "")
    .flatMap((group) => {
      if (!group.includes(".")) return [Number.parseInt(group, 16)];
      const [a, b, c, d] = group.split(".").map(Number) as [number, number, number, number];
      return [(a << 8) | b, (c << 8) | d];
    });
}
