/** Files whose content the stack rules read: manifests of packages, containers, services and infrastructure. */
const MANIFEST =
  /(^|\/)(package\.json|\.nvmrc|requirements[\w.-]*\.txt|pyproject\.toml|setup\.cfg|Pipfile|go\.mod|pom\.xml|build\.gradle(\.kts)?|Cargo\.toml|Gemfile|composer\.json|(docker-)?compose[\w.-]*\.ya?ml|Dockerfile[\w.-]*|\.env\.(example|sample|template)|[\w-]+\.tf|[\w-]+\.csproj)$|^\.github\/workflows\/[\w.-]+\.ya?ml$/;

/** A larger manifest was not written by a person. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

export const isManifest = (path: string): boolean => MANIFEST.test(path);
