import { appendEntry, emptyHead, type LogHead, type LogNode, type NodeStore } from "../log/log-tree.ts";

export function memoryStore(nodes: readonly LogNode[]): NodeStore {
  const kept = new Map(nodes.map(({ level, index, hash }) => [`${level}:${index}`, hash]));
  return {
    read: async (ids) =>
      ids.map(({ level, index }) => {
        const hash = kept.get(`${level}:${index}`);
        if (hash === undefined) throw new Error(`the subtree ${level}:${index} is missing`);
        return hash;
      }),
  };
}

/** A log of these entries, with its head at every size. */
export function growLog(entries: readonly Uint8Array[]): { store: NodeStore; heads: LogHead[]; head: LogHead } {
  const heads = [emptyHead];
  const nodes: LogNode[] = [];
  let head = emptyHead;
  for (const entry of entries) {
    const grown = appendEntry(head, entry);
    head = grown.head;
    heads.push(head);
    nodes.push(...grown.nodes);
  }
  return { store: memoryStore(nodes), heads, head };
}
