# Sourced by the other scripts: goes to the project's root, checks Node, installs and builds what is missing.
# Says what it does on standard error only, so that a script's own output stays clean.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

say() { printf '%s\n' "$*" >&2; }

require_node() {
  if ! command -v node >/dev/null 2>&1; then
    say "massive-kdb: Node.js is not installed or not on PATH. Install Node 20.19 or later: https://nodejs.org"
    exit 69
  fi
  local version
  version=$(node -p 'process.versions.node')
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    say "massive-kdb: Node $version is too old; 20.19 or later is needed. Install a newer one, or switch with nvm use."
    exit 69
  fi
}

# The lock file npm wrote into node_modules is older than ours, or absent: install. A link belongs to another checkout.
install_packages() {
  if [ -L node_modules ]; then return; fi
  if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "Installing packages (npm ci) ..."
    if ! npm ci --no-audit --no-fund --loglevel=error >&2; then
      say "massive-kdb: npm ci failed. Is the npm registry reachable? See the lines above."
      exit 69
    fi
    touch node_modules/.package-lock.json
  fi
}

# Builds when a source is newer than the last build.
build() {
  if [ ! -f dist/.built ] || [ -n "$(find src tsconfig.json tsconfig.build.json package.json -newer dist/.built -print -quit)" ]; then
    say "Building ..."
    rm -rf dist
    npx --no-install tsc -p tsconfig.build.json >&2 || { say "massive-kdb: the build failed; see the lines above."; exit 70; }
    touch dist/.built
  fi
}
