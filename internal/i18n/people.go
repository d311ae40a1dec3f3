package i18n

// Standing names where somebody stands.
func (p *Printer) Standing(standing string) string { return p.T("standing." + standing) }

// Ring names how near somebody is; no ring is an empty text.
func (p *Printer) Ring(ring string) string {
	if ring == "" {
		return ""
	}
	return p.T("ring." + ring)
}

// ChannelKind names a way to reach somebody.
func (p *Printer) ChannelKind(kind string) string { return p.T("channel." + kind) }

// DateKind names what a date is.
func (p *Printer) DateKind(kind string) string { return p.T("datekind." + kind) }

// Role names how somebody belongs to another. Own words come back as they are.
func (p *Printer) Role(role string) string {
	if key := "role." + role; p.Has(key) {
		return p.T(key)
	}
	return role
}

// Duplicate says why two people may be one.
func (p *Printer) Duplicate(reason string) string { return p.T("duplicate." + reason) }
