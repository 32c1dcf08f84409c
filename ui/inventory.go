package ui

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) inventoryRoutes() {
	s.echo.GET("/inventory", s.inventory)
	s.echo.GET("/inventory.csv", s.inventoryCSV)
	s.echo.GET("/devices/:id/inventory", s.deviceInventory)
	s.echo.GET("/devices/:id/inventory.csv", s.deviceInventoryCSV)
	s.echo.POST("/devices/:id/coverage", s.addCoverage)
	s.echo.POST("/devices/:id/coverage/:entry/delete", s.deleteCoverage)
}

// stocked is a device with what it is made of.
type stocked struct {
	appliance.DeviceView
	inv  appliance.Inventory
	ends *appliance.Coverage // what ends next, or ended last
}

func (s *Server) allStocked(ctx context.Context) ([]stocked, error) {
	views, err := s.App.Devices(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.App.AllInventories(ctx)
	if err != nil {
		return nil, err
	}
	known := map[appliance.ID]appliance.Inventory{}
	for _, inv := range list {
		known[inv.Device] = inv
	}
	out := make([]stocked, len(views))
	for i, v := range views {
		out[i] = stocked{DeviceView: v, inv: known[v.ID]}
		for _, c := range known[v.ID].Coverage {
			if out[i].ends == nil || c.Until < out[i].ends.Until {
				out[i].ends = &c
			}
		}
	}
	return out, nil
}

// pickStocked filters and sorts. A disk's serial number and a program's name find their device too.
func pickStocked(all []stocked, list view.List) []stocked {
	found := keep(slices.Clone(all), list.Get("q"), func(d stocked) []string {
		words := []string{d.Name, d.Place, d.Address, d.Identity.Vendor, d.Identity.Model, d.Identity.Serial, d.Identity.Firmware}
		for _, p := range d.inv.Parts {
			words = append(words, p.Model, p.Serial)
		}
		for _, p := range d.inv.Software {
			words = append(words, p.Name+" "+p.Version)
		}
		for _, c := range d.inv.Coverage {
			words = append(words, c.Name, c.Reference)
		}
		return words
	})
	if kind := list.Get("kind"); kind != "" {
		found = slices.DeleteFunc(found, func(d stocked) bool { return string(d.Device.Kind) != kind })
	}
	text := func(of func(stocked) string) func(a, b stocked) int {
		return func(a, b stocked) int { return emptyLast(of(a), of(b)) }
	}
	ordered(found, list, map[string]func(a, b stocked) int{
		"name":     byText(func(d stocked) string { return d.Name }),
		"product":  text(func(d stocked) string { return d.Identity.Product() }),
		"serial":   text(func(d stocked) string { return d.Identity.Serial }),
		"firmware": text(func(d stocked) string { return d.Identity.Firmware }),
		"ends": text(func(d stocked) string {
			if d.ends == nil {
				return ""
			}
			return d.ends.Until
		}),
		"seen": byTime(func(d stocked) time.Time { return d.Seen }),
	})
	return found
}

func emptyLast(a, b string) int {
	if (a == "") != (b == "") {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

func (s *Server) inventory(c echo.Context) error {
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	list := view.NewList("/inventory", c.QueryParams(), "name")
	all, err := s.allStocked(c.Request().Context())
	if err != nil {
		return err
	}
	page := view.Inventory{List: list, Empty: l.nothingFound(list)}
	counts, soon := map[appliance.Kind]int{}, 0
	for _, d := range all {
		counts[d.Device.Kind]++
		if d.ends != nil {
			if _, state := d.ends.Standing(l.Local(s.App.Now())); state.Problem() {
				soon++
			}
		}
	}
	for _, k := range appliance.Kinds {
		if counts[k] > 0 {
			page.Kinds = append(page.Kinds, list.Chip("kind", string(k), l.Kind(k), "", counts[k]))
		}
	}
	page.Kinds = append([]view.Chip{list.Chip("kind", "", l.T("inventory.all"), "", len(all))}, page.Kinds...)
	for _, d := range pickStocked(all, list) {
		row := view.InventoryRow{ID: d.ID.String(), Name: d.Name, Place: d.Place, Kind: l.Kind(d.Device.Kind), Icon: kindIcon(d.Device.Kind),
			Product: d.Identity.Product(), Serial: d.Identity.Serial, Firmware: d.Identity.Firmware, Since: d.Created, Seen: d.Seen}
		if d.ends != nil {
			ends := l.coverageRow(*d.ends, s.App.Now())
			row.Ends = &ends
		}
		page.Rows = append(page.Rows, row)
	}
	frame.Title = l.T("inventory.title", "n", len(all))
	if soon > 0 {
		frame.Title = l.T("inventory.title_soon", "n", soon)
	}
	return s.render.Page(c, http.StatusOK, "inventory", frame, page)
}

func (l *Lang) coverageRow(c appliance.Coverage, now time.Time) view.CoverageRow {
	days, state := c.Standing(l.Local(now))
	until, _ := time.ParseInLocation(time.DateOnly, c.Until, l.Local(now).Location())
	key := "coverage.left_"
	if days < 0 {
		key = "coverage.over_"
	}
	return view.CoverageRow{ID: c.ID.String(), Kind: l.T("inventory.ends_" + string(c.Kind)), Name: c.Name, Reference: c.Reference, Until: until, State: state.String(),
		Text: l.T(key+string(c.Kind), "n", max(days, -days), "until", l.Date(until))}
}

func (s *Server) inventoryCSV(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	all, err := s.allStocked(c.Request().Context())
	if err != nil {
		return err
	}
	var rows [][]string
	for _, d := range pickStocked(all, view.NewList("/inventory", c.QueryParams(), "name")) {
		row := []string{d.ID.String(), d.Name, string(d.Device.Kind), d.Place, d.Identity.Vendor, d.Identity.Model, d.Identity.Serial, d.Identity.Firmware, d.Identity.SysLocation,
			l.csvTime(d.Created), l.csvTime(d.Seen), strconv.Itoa(len(d.inv.Parts)), strconv.Itoa(len(d.inv.Software)), strconv.Itoa(len(d.inv.Ports)), "", ""}
		if d.ends != nil {
			row[14], row[15] = string(d.ends.Kind), d.ends.Until
		}
		rows = append(rows, row)
	}
	return WriteCSV(c, "inventory", []string{"id", "name", "kind", "place", "vendor", "model", "serial", "firmware", "told_location", "first_seen", "last_seen",
		"parts", "programs", "ports", "next_end", "next_end_date"}, rows)
}

func (s *Server) stockOf(c echo.Context) (appliance.DeviceView, appliance.Inventory, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.DeviceView{}, appliance.Inventory{}, err
	}
	v, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return v, appliance.Inventory{}, err
	}
	inv, err := s.App.Inventory(c.Request().Context(), id)
	return v, inv, err
}

func programs(inv appliance.Inventory, list view.List) []appliance.Software {
	found := keep(slices.Clone(inv.Software), list.Get("q"), func(p appliance.Software) []string { return []string{p.Name, p.Version} })
	ordered(found, list, map[string]func(a, b appliance.Software) int{
		"name":  byText(func(p appliance.Software) string { return p.Name }),
		"since": byTime(func(p appliance.Software) time.Time { return p.First }),
	})
	return found
}

func (s *Server) deviceInventory(c echo.Context) error {
	return s.showStock(c, http.StatusOK, view.Form{Values: map[string]string{"kind": string(appliance.CoverageWarranty)}})
}

func (s *Server) showStock(c echo.Context, status int, form view.Form) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("inventory.of", "name", v.Name)
	list := view.NewList("/devices/"+v.ID.String()+"/inventory", c.QueryParams(), "name")
	page := view.DeviceInventory{ID: v.ID.String(), Name: v.Name, Form: form, CanEdit: can(c, access.EditDevices), List: list, Total: len(inv.Software),
		Cut: inv.PartsCut || inv.SoftwareCut, Empty: l.nothingFound(list)}
	page.Facts = l.stockFacts(v, inv)
	for _, k := range appliance.CoverageKinds {
		page.Kinds = append(page.Kinds, view.Option{Value: string(k), Label: l.T("inventory.ends_" + string(k))})
	}
	for _, e := range inv.Coverage {
		page.Coverage = append(page.Coverage, l.coverageRow(e, s.App.Now()))
	}
	for _, p := range inv.Parts {
		page.Parts = append(page.Parts, view.PartRow{Kind: l.T("inventory.part_" + string(p.Kind)), Slot: p.Slot, Model: p.Model, Serial: p.Serial, Firmware: p.Firmware, Since: p.First})
	}
	for _, p := range programs(inv, list) {
		page.Software = append(page.Software, view.SoftwareRow{Name: p.Name, Version: p.Version, Since: p.First})
	}
	return s.render.Page(c, status, "device-inventory", frame, page)
}

func (l *Lang) stockFacts(v appliance.DeviceView, inv appliance.Inventory) []view.Fact {
	var out []view.Fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, view.Fact{Name: l.T(key), Value: value})
		}
	}
	add("inventory.maker", v.Identity.Vendor)
	add("inventory.model", v.Identity.Model)
	add("inventory.serial", v.Identity.Serial)
	add("inventory.firmware", v.Identity.Firmware)
	add("inventory.place", v.Place)
	add("inventory.told_place", v.Identity.SysLocation)
	add("inventory.first", l.Date(v.Created))
	if !v.Seen.IsZero() {
		add("inventory.seen", l.When(v.Seen))
	}
	off := 0
	for _, p := range inv.Ports {
		if p.Off {
			off++
		}
	}
	if len(inv.Ports) > 0 {
		add("inventory.ports", l.T("inventory.ports_count", "n", len(inv.Ports), "off", off))
	}
	if inv.Read.IsZero() {
		add("inventory.read", l.T("inventory.read_never"))
	} else {
		add("inventory.read", l.When(inv.Read))
	}
	return out
}

// deviceInventoryCSV is everything the device is made of; the filter of the programs is not asked, for it hides no part.
func (s *Server) deviceInventoryCSV(c echo.Context) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	var rows [][]string
	for _, p := range inv.Parts {
		rows = append(rows, []string{string(p.Kind), p.Slot, p.Model, p.Serial, p.Firmware, l.csvTime(p.First), "", ""})
	}
	for _, p := range programs(inv, view.NewList("", c.QueryParams(), "name")) {
		rows = append(rows, []string{"software", p.Name, "", "", p.Version, l.csvTime(p.First), "", ""})
	}
	for _, p := range inv.Ports {
		state := "on"
		if p.Off {
			state = "off"
		}
		rows = append(rows, []string{"port", p.Name, p.Alias, "", "", "", "", state})
	}
	for _, e := range inv.Coverage {
		rows = append(rows, []string{string(e.Kind), e.Name, "", e.Reference, "", "", e.Until, ""})
	}
	return WriteCSV(c, "inventory-"+v.Name, []string{"kind", "name", "model", "serial", "version", "first_seen", "until", "state"}, rows)
}

func (s *Server) addCoverage(c echo.Context) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, "kind", "until", "name", "reference", "warn")
	warn, _ := strconv.Atoi(form.Value("warn"))
	entry := appliance.Coverage{Kind: appliance.CoverageKind(form.Value("kind")), Until: form.Value("until"), Name: form.Value("name"), Reference: form.Value("reference"), Warn: warn}
	if err := s.App.SaveCoverage(c.Request().Context(), actor(c), v.ID, append(slices.Clone(inv.Coverage), entry)); err != nil {
		if !s.failForm(&form, l, err, map[string]string{"coverage": ""}) {
			return err
		}
		return s.showStock(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, "/devices/"+v.ID.String()+"/inventory", l.T("inventory.saved"))
}

func (s *Server) deleteCoverage(c echo.Context) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(inv.Coverage), func(e appliance.Coverage) bool { return e.ID.String() == c.Param("entry") })
	if len(left) == len(inv.Coverage) {
		return appliance.ErrNotFound
	}
	if err := s.App.SaveCoverage(c.Request().Context(), actor(c), v.ID, left); err != nil {
		return err
	}
	return s.done(c, "/devices/"+v.ID.String()+"/inventory", s.render.Lang(s.frame(c, "").Lang).T("inventory.deleted"))
}
