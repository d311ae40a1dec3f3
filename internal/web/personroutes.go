package web

import (
	"net/http"

	"kith/internal/httpd"
)

// photoBody is how large a photo may be that is sent through a page.
const photoBody = 16 << 20

// personRoutes are the pages about people.
func (h *Handler) personRoutes(mux *http.ServeMux, mine func(string, handler)) {
	mine("GET /people", h.peopleList)
	mine("POST /people", h.personNew)
	mine("GET /people/names", h.peopleNames)
	mine("GET /people/known", h.peopleKnown)

	mine("GET /people/{id}", h.personShow)
	mine("POST /people/{id}", h.personName)
	mine("POST /people/{id}/closeness", h.personCloseness)
	mine("POST /people/{id}/times", h.personTimes)
	mine("POST /people/{id}/standing", h.personStanding)
	mine("POST /people/{id}/groups", h.personGroups)
	mine("POST /people/{id}/archive", h.personArchive)
	mine("POST /people/{id}/unarchive", h.personUnarchive)
	mine("GET /people/{id}/delete", h.personDeleteShow)
	mine("POST /people/{id}/delete", h.personDelete)

	mine("GET /people/{id}/photo", h.personPhoto)
	mux.Handle("POST /people/{id}/photo", httpd.Limit(photoBody)(h.mine(h.personPhotoSave)))
	mine("POST /people/{id}/photo/delete", h.personPhotoDelete)

	mine("POST /people/{id}/channels", h.channelSave)
	mine("POST /people/{id}/channels/{part}", h.channelSave)
	mine("POST /people/{id}/channels/{part}/delete", h.channelDelete)
	mine("POST /people/{id}/dates", h.dateSave)
	mine("POST /people/{id}/dates/{part}", h.dateSave)
	mine("POST /people/{id}/dates/{part}/delete", h.dateDelete)
	mine("POST /people/{id}/facts", h.factSave)
	mine("POST /people/{id}/facts/{part}", h.factSave)
	mine("POST /people/{id}/facts/{part}/delete", h.factDelete)
	mine("POST /people/{id}/follow-ups", h.followUpSave)
	mine("POST /people/{id}/follow-ups/{part}", h.followUpSave)
	mine("POST /people/{id}/follow-ups/{part}/close", h.followUpClose)
	mine("POST /people/{id}/follow-ups/{part}/open", h.followUpOpen)
	mine("POST /people/{id}/relations", h.relationSave)
	mine("POST /people/{id}/relations/{part}/delete", h.relationDelete)

	mine("GET /people/{id}/merge", h.mergeShow)
	mine("POST /people/{id}/merge", h.mergeSave)
	mine("POST /people/{id}/merge/{part}/undo", h.mergeUndo)
	mine("POST /people/{id}/apart", h.peopleApart)
}
