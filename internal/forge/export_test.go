package forge

// Read is read, for the tests of payloads.
var Read = read

// Verify is verify, for the tests of signatures.
var Verify = verify
