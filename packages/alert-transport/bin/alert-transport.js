#!/usr/bin/env node
// Committed, unlike dist/: a package manager links a bin at install, before anything is built.
import '../dist/cli.js'
