import type { AriaNode } from "@attestream/shared/viewer-protocol";

export interface AriaBranch {
  node: AriaNode;
  /** The same node keeps its key while the page changes around it. */
  key: string;
  branches: AriaBranch[];
}

/** The flat list as a tree: what stands deeper right behind a node is in it. */
export function branchesOf(nodes: readonly AriaNode[]): AriaBranch[] {
  const roots: AriaBranch[] = [];
  const path: AriaBranch[] = [];
  for (const node of nodes) {
    while ((path.at(-1)?.node.depth ?? -1) >= node.depth) path.pop();
    const among = path.at(-1)?.branches ?? roots;
    const branch = { node, key: node.id === 0 ? `${node.role} ${among.length}` : String(node.id), branches: [] };
    among.push(branch);
    path.push(branch);
  }
  return roots;
}
