import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["dist/", "bin/", "node_modules/", "test/consumer/fixtures/"] },
    js.configs.recommended,
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.recommendedTypeChecked],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/explicit-module-boundary-types": "error",
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
            // Resources are registered by constructing them.
            "no-new": "off",
        },
    },
    {
        files: ["components/**/*.ts"],
        ignores: ["components/core/kubernetes.ts", "components/core/lazy-modules.ts"],
        rules: {
            "@typescript-eslint/no-restricted-imports": [
                "error",
                {
                    patterns: [
                        {
                            regex: "^@pulumi/(kubernetes|random|tls)(/|$)",
                            allowTypeImports: true,
                            message: "Take it from core/kubernetes or core/lazy-modules, which load only what is used.",
                        },
                    ],
                },
            ],
        },
    },
    {
        // Tests read deep into recorded inputs, whose types only the objects' schemas would tell.
        files: ["test/**/*.ts"],
        rules: {
            "@typescript-eslint/no-unsafe-argument": "off",
            "@typescript-eslint/no-unsafe-assignment": "off",
            "@typescript-eslint/no-unsafe-call": "off",
            "@typescript-eslint/no-unsafe-member-access": "off",
            "@typescript-eslint/no-unsafe-return": "off",
            "@typescript-eslint/explicit-module-boundary-types": "off",
        },
    },
    {
        files: ["examples/**/*.js"],
        languageOptions: { sourceType: "commonjs", globals: { exports: "writable" } },
    },
    {
        files: ["**/*.mjs"],
        languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
    },
);
