package auth

import "strings"

// Hasten makes hashing cheap for tests that are about something else.
func Hasten(s *Service) {
	s.hasher.params.Memory = 64
	s.hasher.dummy = strings.Replace(dummy, "m=47104", "m=64", 1)
}

// Crowd has every comparison refused as one too many.
func Crowd(s *Service, crowded bool) {
	s.hasher.most = 64
	if crowded {
		s.hasher.most = 0
	}
}
