/** Injects the guards of every request in their order: they decide about remembered answers, too. */
export const EDGE_GUARDS = Symbol('techspec:edge-guards');
