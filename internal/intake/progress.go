package intake

import "kith/internal/account"

// Doing says how far an import is that this process works on; false: it works on none of that id.
func (s *Service) Doing(by account.ID, id string) (Progress, bool) {
	v, ok := s.doing.Load(string(by) + " " + id)
	if !ok {
		return Progress{}, false
	}
	return v.(Progress), true //nolint:forcetypeassert // nothing else is stored
}

// watch makes an import's progress known to Doing, and tells whoever asked for it beside.
func (s *Service) watch(by account.ID, id string, tell func(Progress)) func(Progress) {
	key := string(by) + " " + id
	s.doing.Store(key, Progress{})
	return func(p Progress) {
		s.doing.Store(key, p)
		if tell != nil {
			tell(p)
		}
	}
}

func (s *Service) unwatch(by account.ID, id string) { s.doing.Delete(string(by) + " " + id) }
