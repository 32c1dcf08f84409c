package view

// SignIn is the sign-in page. Next is where to go afterwards, an address of this server.
type SignIn struct {
	Form Form
	Next string
	Note *Note // what should be known before: not set up yet, or the demo's names
}

// Setup is the one form that begins the life of an appliance. Its fields: site, language, zone, region, name, password.
type Setup struct {
	Form                      Form
	Languages, Zones, Regions []Option
}

// Menu is the page of all pages, and of a person's own language and theme. Its fields: language, theme.
type Menu struct {
	Form              Form
	Languages, Themes []Option
}

// Search is what was found for some words.
type Search struct {
	Query string
	Found []Found
}

// Found is one place. The JSON form feeds the command palette.
type Found struct {
	Title string `json:"title"`
	Hint  string `json:"kind,omitempty"`
	Href  string `json:"href"`
	State string `json:"state,omitempty"`
}
