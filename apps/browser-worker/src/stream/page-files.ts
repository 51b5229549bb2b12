import { uploadLimits, type FileRequest, type ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { FileChooser, Page } from "playwright";
import { hostOf } from "./host-of.ts";

export interface PageFilesOptions {
  canAsk: () => boolean;
  onChange: (request: FileRequest | null) => void;
}

type Announcement = Extract<ViewerMessage, { type: "fileReply" }>;

interface OpenRequest {
  chooser: FileChooser;
  shown: FileRequest;
  announced: Announcement["files"];
  parts: Buffer[];
  missing: number;
}

/**
 * The file chooser that is open. What the user gives is kept in memory only until the page has it; it never
 * touches the disk.
 */
export class PageFiles {
  readonly #options: PageFilesOptions;
  #open: OpenRequest | null = null;
  #count = 0;

  constructor(options: PageFilesOptions) {
    this.#options = options;
  }

  /** The newest wins. One that is not answered leaves the page as it is: it waits for nothing. */
  async ask(chooser: FileChooser): Promise<void> {
    if (!this.#options.canAsk()) return;
    this.#count += 1;
    const id = `file-${this.#count}`;
    const accept = await chooser
      .element()
      .getAttribute("accept")
      .catch(() => null);
    if (!this.#options.canAsk()) return;
    const host = hostOf(chooser.page().url());
    const shown = { id, host, multiple: chooser.isMultiple(), accept: (accept ?? "").slice(0, 1_000) };
    this.#open = { chooser, shown, announced: [], parts: [], missing: 0 };
    this.#say();
  }

  announce({ id, files }: Announcement): void {
    const open = this.#open;
    if (open?.shown.id !== id || open.announced.length > 0) return;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const tooMany = files.length > 1 && !open.shown.multiple;
    if (files.length === 0 || tooMany || total > uploadLimits.bytes) return this.withdraw();
    open.announced = files;
    open.missing = total;
    if (total === 0) this.#give(open);
  }

  receive({ id, data }: Extract<ViewerMessage, { type: "filePart" }>): void {
    const open = this.#open;
    if (open?.shown.id !== id || open.announced.length === 0) return;
    const part = Buffer.from(data, "base64");
    open.parts.push(part);
    open.missing -= part.length;
    if (open.missing < 0) return this.withdraw();
    if (open.missing === 0) this.#give(open);
  }

  forget(page: Page): void {
    if (this.#open?.chooser.page() === page) this.withdraw();
  }

  withdraw(): void {
    if (this.#open === null) return;
    this.#open = null;
    this.#say();
  }

  /** For a viewer that has just come. What the last one did not finish begins anew. */
  tell(): void {
    if (this.#open) this.#open = { ...this.#open, announced: [], parts: [], missing: 0 };
    this.#say();
  }

  #give({ chooser, announced, parts }: OpenRequest): void {
    const bytes = Buffer.concat(parts);
    let at = 0;
    const files = announced.map(({ name, mediaType, size }) => {
      const buffer = bytes.subarray(at, at + size);
      at += size;
      return { name, mimeType: mediaType || "application/octet-stream", buffer };
    });
    this.withdraw();
    // The input may be gone, or want a folder: then the page gets nothing, as if the user had given nothing.
    void chooser.setFiles(files).catch(() => {});
  }

  #say(): void {
    this.#options.onChange(this.#open?.shown ?? null);
  }
}
