// The fields of a packet's headers: which bits they have, and what their values mean.

/** The bytes of a packet, from hex. */
export function bytesOf(hex) {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** The fields of a packet, in order, each with the bytes that it lies in and its value; those that were cut off are left out. */
export function fieldsOf(data, packet) {
  const bytes = bytesOf(packet.hex);
  const layout = data.layouts[packet.layout] ?? [];
  return layout
    .filter(([, bit, bits]) => bit + bits <= bytes.length * 8)
    .map(([index, bit, bits]) => {
      const field = data.fields[index];
      const [from, to] = [bit >> 3, (bit + bits + 7) >> 3];
      return { field, from, to, value: writeValue(field, bytes, bit, bits) };
    });
}

/** An unsigned number of bits, the highest first. */
export function numberAt(bytes, bit, bits) {
  let number = 0n;
  for (let at = bit; at < bit + bits; at += 1) number = (number << 1n) | BigInt((bytes[at >> 3] >> (7 - (at & 7))) & 1);
  return number;
}

function writeValue(field, bytes, bit, bits) {
  const number = numberAt(bytes, bit, bits);
  const digits = Math.ceil(bits / 4);
  const ways = {
    hex: () => `0x${number.toString(16).padStart(digits, "0")}`,
    bytes: () =>
      number
        .toString(16)
        .padStart(digits, "0")
        .replace(/..(?=.)/g, "$& "),
    address: () => (bits === 32 ? writeIpv4(number) : writeIpv6(number)),
    flags: () => writeFlags(field, number),
    names: () => writeNamed(field, number),
    power: () => `${number}: × ${1n << number}`,
  };
  return (ways[field.as] ?? (() => writeNumber(field, number)))();
}

function writeNumber(field, number) {
  const unit = field.unit ? ` ${field.unit}` : "";
  return field.times ? `${number} × ${field.times} = ${number * BigInt(field.times)}${unit}` : `${number}${unit}`;
}

function writeFlags(field, number) {
  const set = Object.entries(field.names).filter(([bit]) => (number & BigInt(bit)) !== 0n);
  return set.length === 0 ? "–" : set.map(([, name]) => name).join(" ");
}

function writeNamed(field, number) {
  const name = field.names?.[number];
  return name === undefined ? `${number}` : `${number} (${name})`;
}

function writeIpv4(number) {
  return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join(".");
}

/** As RFC 5952 has it: the longest run of zeros is left out. */
function writeIpv6(number) {
  const groups = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const all = groups.join(":");
  const runs = all.match(/\b0(:0)+\b/g) ?? [];
  const longest = runs.sort((one, two) => two.length - one.length)[0];
  return longest ? all.replace(longest, "::").replace(/:{3,}/, "::") : all;
}
