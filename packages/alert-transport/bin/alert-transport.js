#!/usr/bin/env node
// Committed, unlike dist/: a package manager links a bin at install, before anything is built.
require('../dist/cli.js')
