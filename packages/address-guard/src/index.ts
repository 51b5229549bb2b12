export { createAddressGuard, type AddressGuard } from "./address-guard.ts";
export { createResolve } from "./create-resolve.ts";
export { dialAddress } from "./dial-address.ts";
export { devHostsSchema, type DevHosts } from "./dev-hosts.ts";
export { readHost } from "./read-host.ts";
export { refusedCidrsSchema, type RefusedCidr } from "./refused-cidrs.ts";
export { resolvePublic, type Resolution, type Resolve } from "./resolve-public.ts";
