import { readFile, writeFile } from "node:fs/promises";

/** Writes one PEM file of several; the parts read one. Throws an error that names a file which cannot be read. */
export async function bundleCertificates(target: string, files: (string | undefined)[]): Promise<string> {
  const contents = await Promise.all(
    files
      .filter((file) => file !== undefined)
      .map((file) =>
        readFile(file, "utf8").catch((cause: unknown) => {
          throw new Error(
            `${file} cannot be read. Check EXTRA_CA_FILE, or run "npm run setup" to make the development CA.`,
            { cause },
          );
        }),
      ),
  );
  await writeFile(target, contents.join("\n"));
  return target;
}
