import { once } from "node:events";
import type { RunSessionTree } from "../session/tree-runner.ts";

/** A tree for tests: opens the page and leaves it to the user until the session is released. */
export const openAndLeave: RunSessionTree = async ({ page: current, loginUrl, viewer, agreed, signal }) => {
  await agreed;
  await current().goto(loginUrl);
  viewer.setControl(true);
  await once(signal, "abort");
  throw new Error("released");
};
