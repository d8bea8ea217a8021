// Reads and answers like parse_py.py, with gofeed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/mmcdole/gofeed"
)

type item struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link"`
	At    int64  `json:"at"`
	Body  string `json:"body"`
}

func read(url string) map[string]interface{} {
	feed, err := gofeed.NewParser().ParseURL(url)
	if err != nil {
		return map[string]interface{}{"error": err.Error()}
	}
	items := []item{}
	for _, one := range feed.Items {
		body := one.Content
		if body == "" {
			body = one.Description
		}
		made := item{ID: one.GUID, Title: one.Title, Link: one.Link, Body: body}
		if one.PublishedParsed != nil {
			made.At = one.PublishedParsed.Unix()
		}
		items = append(items, made)
	}
	answer := map[string]interface{}{"items": items}
	if feed.Language != "" {
		answer["language"] = feed.Language
	}
	for _, link := range feed.Extensions["atom"]["link"] {
		if link.Attrs["rel"] == "prev-archive" {
			answer["previous"] = link.Attrs["href"]
		}
	}
	return answer
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		answer, _ := json.Marshal(read(strings.TrimSpace(lines.Text())))
		fmt.Println(string(answer))
	}
}
