/** Who there is, and how they sign in. */
export interface OrganisationTables {
  organisation: {
    id: string;
    kind: string;
    name: string;
    parentId: string | null;
    path: string;
    divisionCode: string;
    creditCode: string | null;
    providerKind: string | null;
    districtClass: string | null;
    openedDate: string;
    closedDate: string | null;
    createdAt: string;
    version: number;
    /** The book whose log tells this row; null only while an old installation is taken over. */
    registeredIn: string;
  };
  person: {
    id: string;
    loginName: string;
    displayName: string;
    /** Where the person is employed; whose administrators manage the person and whose book logs it. */
    organisationId: string;
    passwordHash: string | null;
    isActive: number;
    createdAt: string;
    version: number;
    /** Blind index of the login name, which itself is sealed. */
    loginIndex: string;
    bookId: string;
  };
  roleGrant: {
    id: string;
    personId: string;
    organisationId: string;
    role: string;
    grantedBy: string;
    grantedAt: string;
    revokedAt: string | null;
    bookId: string;
  };
  session: { tokenHash: string; personId: string; createdAt: string; expiresAt: string; seal: string };
  apiToken: {
    id: string;
    tokenHash: string;
    personId: string;
    name: string;
    createdAt: string;
    expiresAt: string;
    revokedAt: string | null;
    bookId: string;
  };
  setupLink: {
    tokenHash: string;
    createdAt: string;
    expiresAt: string;
    usedAt: string | null;
    seal: string;
  };
  sanction: {
    id: string;
    providerId: string;
    bureauId: string;
    kind: 'blacklist' | 'exit';
    documentNo: string;
    reason: string;
    fromDate: string;
    untilDate: string | null;
    settledDate: string | null;
    createdAt: string;
    bookId: string;
  };
  /** A query that a person kept; see organisations/saved-filters. */
  savedFilter: {
    id: string;
    personId: string;
    wrappedKey: string;
    /** Name, page and query as canonical JSON, encrypted, base64. */
    content: string;
    createdAt: string;
    seal: string;
  };
  idempotency: {
    actorId: string;
    key: string;
    requestHash: string;
    isRefusal: number;
    body: string;
    createdAt: string;
    /** MAC of the row under the master key. */
    seal: string;
  };
}
