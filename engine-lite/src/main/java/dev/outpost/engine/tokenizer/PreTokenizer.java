package dev.outpost.engine.tokenizer;

import java.util.List;
import java.util.Optional;

/**
 * How text is cut into words before byte-level merges, by the names of {@code tokenizer.ggml.pre}. Which names mean which
 * pattern follows llama.cpp, so that a file that runs there gives the same ids here.
 */
enum PreTokenizer {

    /** A file that names none. */
    DEFAULT(false, false, "default") {
        @Override
        void split(CodePoints text, WordScanner.Words words) {
            runs(text, 0, text.size(), PreTokenizer::isMark,
                    (from, to, mark) -> either(mark, text, from, to, words, PreTokenizer::splitNumbers));
        }
    },
    GPT2(false, false, "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "gigachat", "a.x-4.0",
            "mellum",
            "modern-bert", "exaone4", "mpt", "olmo", "jais", "trillion", "granite-docling") {
        @Override
        void split(CodePoints text, WordScanner.Words words) {
            GPT2_WORDS.split(text, 0, text.size(), words);
        }
    },
    /** Each digit is a word of its own, the rest as GPT-2. */
    SMOLLM(false, false, "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2") {
        @Override
        void split(CodePoints text, WordScanner.Words words) {
            int rest = 0;
            for (int i = 0; i < text.size(); i++) {
                if (text.kind(i) == CodePoints.NUMBER) {
                    GPT2_WORDS.split(text, rest, i, words);
                    words.add(i, i + 1);
                    rest = i + 1;
                }
            }
            GPT2_WORDS.split(text, rest, text.size(), words);
        }
    },
    LLAMA3(true, true, "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
            "jina-v5-nano") {
        @Override
        void split(CodePoints text, WordScanner.Words words) {
            LLAMA3_WORDS.split(text, 0, text.size(), words);
        }
    },
    /** The words of Llama 3, without its rules for whole words and the opening token. */
    LLAMA3_PLAIN(false, false, "dbrx", "smaug-bpe") {
        @Override
        void split(CodePoints text, WordScanner.Words words) {
            LLAMA3_WORDS.split(text, 0, text.size(), words);
        }
    },
    QWEN2(false, false, "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2", "hunyuan",
            "solar-open") {
        @Override
        void split(CodePoints text, WordScanner.Words words) {
            QWEN2_WORDS.split(text, 0, text.size(), words);
        }
    };

    private static final WordScanner GPT2_WORDS = new Gpt2Scanner();
    private static final WordScanner LLAMA3_WORDS = new Llama3Scanner(3);
    private static final WordScanner QWEN2_WORDS = new Llama3Scanner(1);

    private final boolean wholeWords;
    private final boolean opens;
    private final List<String> names;

    PreTokenizer(boolean wholeWords, boolean opens, String... names) {
        this.wholeWords = wholeWords;
        this.opens = opens;
        this.names = List.of(names);
    }

    /** Cuts a fragment into words, in order and without gaps. */
    abstract void split(CodePoints text, WordScanner.Words words);

    /** A word that is a piece of the vocabulary is taken as that token, whatever the merges say. */
    boolean wholeWords() {
        return wholeWords;
    }

    /** Prompts open with the beginning-of-sequence token where the file does not say. */
    boolean opens() {
        return opens;
    }

    static Optional<PreTokenizer> named(String name) {
        for (PreTokenizer candidate : values()) {
            if (candidate.names.contains(name)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private interface Matcher {
        boolean matches(CodePoints text, int at);
    }

    private interface Run {
        void accept(int from, int to, boolean matches);
    }

    /** Alternating runs of code points that match and that do not. */
    private static void runs(CodePoints text, int from, int end, Matcher matcher, Run run) {
        for (int at = from; at < end;) {
            boolean matches = matcher.matches(text, at);
            int stop = at + 1;
            while (stop < end && matcher.matches(text, stop) == matches) {
                stop++;
            }
            run.accept(at, stop, matches);
            at = stop;
        }
    }

    private interface Splitter {
        void split(CodePoints text, int from, int to, WordScanner.Words words);
    }

    private static void either(boolean whole, CodePoints text, int from, int to, WordScanner.Words words,
            Splitter rest) {
        if (whole) {
            splitNumbers(text, from, to, words);
        } else {
            GPT2_WORDS.split(text, from, to, (a, b) -> rest.split(text, a, b, words));
        }
    }

    /** Number runs apart from the rest; of ASCII digits, threes apart from what is left of the run. */
    private static void splitNumbers(CodePoints text, int from, int end, WordScanner.Words words) {
        runs(text, from, end, (t, i) -> t.kind(i) == CodePoints.NUMBER, (a, b, number) -> {
            if (number) {
                splitThrees(text, a, b, words);
            } else {
                words.add(a, b);
            }
        });
    }

    private static void splitThrees(CodePoints text, int from, int end, WordScanner.Words words) {
        int rest = from;
        for (int at = from; at + 3 <= end;) {
            if (!isDigit(text, at) || !isDigit(text, at + 1) || !isDigit(text, at + 2)) {
                at++;
                continue;
            }
            if (rest < at) {
                words.add(rest, at);
            }
            words.add(at, at + 3);
            at += 3;
            rest = at;
        }
        if (rest < end) {
            words.add(rest, end);
        }
    }

    private static boolean isDigit(CodePoints text, int at) {
        return text.value(at) >= '0' && text.value(at) <= '9';
    }

    private static boolean isMark(CodePoints text, int at) {
        return text.kind(at) == CodePoints.PUNCTUATION || "$+<=>^~|".indexOf(text.value(at)) >= 0;
    }
}
