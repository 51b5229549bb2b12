/**
 * A browser's, unless the platform's file names one: not the machine's. Told to it, because without /etc/localtime
 * Chromium opens all the files of all zones to find out which it is in: 5,600 of them, in each of its first processes.
 */
export const timeZone = "UTC";
