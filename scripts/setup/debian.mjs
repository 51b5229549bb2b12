import { execute, SetupError, step } from "./steps.mjs";

/** Installs Debian packages when this is root on a machine with apt; else throws a SetupError that says what to install. */
export async function ensureDebianPackages(packages, why) {
  const command = `apt-get install ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || (await execute("apt-get", ["--version"])).code !== 0) {
    throw new SetupError(`${why} Install it, on Debian or Ubuntu with\n  sudo ${command}\nand run the command again.`);
  }
  await step(`Debian packages ${packages.join(" ")}`, async (detail) => {
    detail("reading package lists");
    await execute("apt-get", ["update", "-q"]);
    detail("installing");
    const { code, output } = await execute("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (code !== 0) throw new SetupError(`${why} "${command}" failed:\n${output}`);
  });
}
