// Command plot draws the pictures of docs/speed.md from what bench -json prints:
//
//	bench -json | plot DIRECTORY
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	_ "gonum.org/v1/plot/vg/vgsvg" // the format that the pictures are in
)

// report is the part of bench's report that is drawn.
type report struct {
	Launches []struct {
		Name    string
		Skipped string
		Micros  struct{ Q1, Median, Q3 float64 }
	}
	Growth []struct {
		Name   string
		N      []float64
		Micros []float64
	}
}

func main() {
	if err := run(os.Args[1:], os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader) error {
	if len(args) != 1 {
		return errors.New("usage: bench -json | plot DIRECTORY")
	}
	var r report
	if err := json.NewDecoder(in).Decode(&r); err != nil {
		return err
	}
	if len(r.Launches) == 0 || len(r.Growth) == 0 {
		return errors.New("there is nothing to draw: launches and curves are wanted")
	}
	return errors.Join(r.launches(filepath.Join(args[0], "speed-launch.svg")), r.growth(filepath.Join(args[0], "speed-growth.svg")))
}

// launches draws a bar for the median of each launch, with its quartiles.
func (r *report) launches(file string) error {
	p := plot.New()
	p.Title.Text = "Launching /bin/true: median and quartiles"
	p.X.Label.Text = "milliseconds"
	p.X.Min = 0
	var names []string
	var values plotter.Values
	var spread errorBars
	for _, l := range slices.Backward(r.Launches) {
		if l.Skipped != "" {
			continue
		}
		m := l.Micros
		spread.XYs = append(spread.XYs, plotter.XY{X: m.Median / 1e3, Y: float64(len(names))})
		spread.XErrors = append(spread.XErrors, struct{ Low, High float64 }{(m.Median - m.Q1) / 1e3, (m.Q3 - m.Median) / 1e3})
		names, values = append(names, l.Name), append(values, m.Median/1e3)
	}
	bars, err := plotter.NewBarChart(values, vg.Points(12))
	if err != nil {
		return err
	}
	bars.Horizontal = true
	bars.Color = color.RGBA{R: 0x4c, G: 0x78, B: 0xa8, A: 0xff}
	bars.LineStyle.Width = 0
	quartiles, err := plotter.NewXErrorBars(spread)
	if err != nil {
		return err
	}
	p.Add(plotter.NewGrid(), bars, quartiles)
	p.NominalY(names...)
	return p.Save(20*vg.Centimeter, vg.Length(len(names))*0.75*vg.Centimeter+2*vg.Centimeter, file)
}

type errorBars struct {
	plotter.XYs
	plotter.XErrors
}

// growth draws the curves, both axes in powers of ten.
func (r *report) growth(file string) error {
	p := plot.New()
	p.Title.Text = "Growth of a launch"
	p.X.Label.Text = "grants, denies or entries"
	p.Y.Label.Text = "milliseconds"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	var lines []any
	for _, c := range r.Growth {
		points := make(plotter.XYs, len(c.N))
		for i := range points {
			points[i] = plotter.XY{X: c.N[i], Y: c.Micros[i] / 1e3}
		}
		lines = append(lines, c.Name, points)
	}
	p.Add(plotter.NewGrid())
	if err := plotutil.AddLinePoints(p, lines...); err != nil {
		return err
	}
	return p.Save(20*vg.Centimeter, 13*vg.Centimeter, file)
}
